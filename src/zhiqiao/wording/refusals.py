"""What the rules refuse, in words: what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.exchange.reasons import REASONS
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.wording.facts import readable
from zhiqiao.wording.interface import INTERFACE_BY_KIND, INTERFACE_TEXTS, INTERFACE_TITLES
from zhiqiao.wording.reasons import row_reason

Text = str | Promise


@dataclass(frozen=True)
class Refusal:
    """``code`` stays visible: it is what people read out on the phone."""

    title: str
    text: str
    code: str


TITLES: Final[dict[str, Text]] = {
    "invalid": _("This cannot be taken as it is"),
    "conflict": _("The record has changed meanwhile"),
    "forbidden": _("You may look at this but not change it"),
    "unavailable": _("This is not to be had just now"),
    **INTERFACE_TITLES,
}
BY_KIND: Final[dict[str, Text]] = {
    "invalid": _("Something that was entered breaks a rule. Go back, look at what was entered, and try again."),
    "conflict": _("Somebody was faster, or the step was already taken. Open the record again and look at its state."),
    "forbidden": _("Your role does not allow this step. Ask the manager of the institution that owns the record."),
    "unavailable": _("Try again in a minute. If it goes on, tell the administrator the code below."),
    **INTERFACE_BY_KIND,
}
TEXTS: Final[dict[str, Text]] = {
    **INTERFACE_TEXTS,
    # imports and jobs
    "import_not_finished": _("Only an import that has ended and was not undone before can be undone."),
    "undo_not_offered": _(
        "Records of this kind cannot be taken back all at once. Open them one by one and say what shall become of them."
    ),
    "job_finished": _("The work is finished already."),
    "job_not_ended": _("The work is still going on."),
    "import_not_running": _("The import is not going on, so it cannot be stopped."),
    "import_taken_back": _("The import was undone. Send the files again instead."),
    "too_often": _("This was asked for too often in the last minute. Wait %(wait)s seconds, then try again."),
    "import_right_gone": _(
        "Whoever sent this import may not import here any more, so it does not go on. What came in stays. Somebody who "
        "may import for this organisation can send the files again."
    ),
    "password_of_oneself": _("Change your own password in your account: there you are asked for the present one."),
    "cron_unreadable": _(
        "This is no time table. Write minute, hour, day, month and day of the week, as 30 2 * * 1-5 for half past two "
        "in the night, Monday to Friday."
    ),
    "cron_never": _("That day never comes. Look at the day and the month."),
    "schedule_switched": _("The schedule stands so already."),
    "schedule_changed": _("Somebody has changed the schedule meanwhile. Look at it again."),
    "schedule_running": _("The last piece of work of this schedule is not finished yet."),
    "busy": _("Somebody else is at this right now. Try again in a minute."),
    "lease_lost": _("Another process has taken this over."),
    "idempotency_key_reused": _("This was asked for before with other content."),
    "attachment_withdrawn": _("The attachment was withdrawn."),
    "body_too_large": _("That is more than this page takes. Files go in under “Imports”."),
    # search
    "query_empty": _("There is no word in the text to search by. Say in a sentence what you need."),
    "too_many_results": _("That is more than can be shown at once."),
    "page_too_deep": _("Narrow the search down instead of turning more pages."),
    "index_missing": _("The search index has not been built yet. The administrator can build it with “zhiqiao index”."),
    "index_unreachable": _("No part of the search index answers. Try again in a minute."),
    "index_incomplete": _(
        "%(missing)s of %(of)s parts of the search index did not answer, so nothing was kept. Try again in a minute."
    ),
    "cluster_unreachable": _("The machines with the search index cannot be reached. Try again in a minute."),
    "cluster_not_installed": _(
        "The search index is set to lie on many machines, but the extra “cluster” is not installed here."
    ),
    "cluster_version": _(
        "The machines with the search index run another version of Ray or Python. All need the same installation."
    ),
    "shards_lost": _(
        "%(lost)s of %(of)s parts of the search index are gone. The administrator puts their folders back, or builds "
        "the index anew with “zhiqiao index rebuild”."
    ),
    "work_lost": _(
        "A piece of the work was begun %(attempts)s times, and each time its machine was lost. What is done is kept; "
        "begin the work again once the machines are well."
    ),
    "index_busy": _("The search index is being written. Try again in a minute."),
    "index_unreadable": _("The search index cannot be read. The administrator can build it anew with “zhiqiao index”."),
    "encoder_unreachable": _("The encoder does not answer, so nothing is found by meaning. It is asked again soon."),
    "encoder_too_slow": _("The encoder takes too long, so nothing is found by meaning. It is asked again soon."),
    "encoder_busy": _("The encoder has too much to do and asks for a pause."),
    "encoder_refused": _(
        "The encoder refuses. The administrator looks at address, model and key: “zhiqiao index encoder” asks it once."
    ),
    "encoder_answer_broken": _("What the encoder answers are no vectors. The administrator looks at its address."),
    "encoder_dimension": _(
        "The encoder's vectors have another length than the one that is set. The administrator looks at model and "
        "dimension: “zhiqiao index encoder” says what comes back."
    ),
    "vectors_of_another_encoder": _(
        "The index holds the vectors of another encoder, and vectors of two are never mixed. The administrator builds "
        "it anew with “zhiqiao index rebuild”; until then records are found by their words."
    ),
    "index_rebuilt": _("The index is being built anew. Searches go on meanwhile."),
    "no_document": _("The record is not in the search index yet. Try again in a minute."),
    # states
    "transition_not_allowed": _("This step is not possible in the record's present state."),
    "guard_refused": _("Something is still missing before this step."),
    # beside a record, and lists
    "comment_empty": _("The note says nothing yet."),
    "comment_withdrawn": _("The note was taken back already."),
    "file_name": _("The file needs a name. Rename it and add it again."),
    "view_name_missing": _("Give the view a name."),
    "view_too_long": _("The filters are too long to be kept. Take some of them away."),
    "too_many_views": _("You keep %(most)s views of this list already. Forget one of them first."),
    "too_many_records": _("At most %(most)s records at once. Narrow the filters."),
    "form_refused": _("What was filled in does not fit this record. Take the step on its own page."),
    # inventory
    "maturity_range": _("The maturity is a level from %(lowest)s to %(highest)s."),
    "scene_unknown": _("There is no such scene of appraisal."),
    "tier_needs_note": _("A negative tier needs a word of explanation."),
    "tier_unknown": _("There is no such tier."),
    "tier_decided_meanwhile": _("Somebody has decided on this tier meanwhile. Look at it again."),
    "tier_not_suggested": _("The rules have not looked at this patent yet; a tier can be decided after that."),
    "willing_not_said": _(
        "The institution has not said whether it is willing. Fill in “The institution's words”, then send it on."
    ),
    "refusal_needs_reason": _("An institution that is not willing says why. Add the reason to its words."),
    "entry_out_of_stock": _("The patent does not count in this stocktaking, so it has no tier."),
    "entry_changed_meanwhile": _("Somebody has changed this entry meanwhile. Look at it again."),
    "appraised_meanwhile": _("The patent was appraised anew meanwhile. Look at it again."),
    "matched_meanwhile": _("Somebody has changed this entry meanwhile. Look at it again."),
    "written_meanwhile": _("Somebody has changed this entry meanwhile. Look at it again."),
    "inventory_frozen": _("The stocktaking is frozen: which patents count changes no more."),
    "inventory_cutoff_differs": _("A stocktaking of this name exists with another cutoff."),
    "inventory_name_empty": _("A stocktaking needs a name."),
    "cutoff_in_future": _("The cutoff lies in the future."),
    "order_unknown": _("There is no such order."),
    # needs
    "need_empty": _("The need says nothing yet."),
    "need_changed_meanwhile": _("Somebody has changed this need meanwhile. Look at it again."),
    # pushes
    "push_not_published": _("The application is not published yet. It can be pushed once it is."),
    "push_ended": _("Only patents in force and pending applications are pushed."),
    "push_to_holder": _("The organisation holds this patent itself."),
    "pushed_already": _("It was pushed to %(organisation)s before."),
    "push_not_answered": _("Nobody has answered this push yet."),
    "too_few_judgements": _("%(judged)s judged pairs are too few to learn from: %(least)s are needed."),
    "ranker_unknown": _("There is no such version of the ranking."),
    "ranker_unreadable": _("This version of the ranking cannot be read."),
    "no_ranker_before": _("No other version served before."),
    "field_of_ipc": _("This is no class of the IPC. Write it as B29C or B29C 45/26."),
    "word_length": _("A word has %(least)s to %(most)s characters."),
    "too_many_interests": _("More than %(most)s fields and words cannot be kept. Take some away first."),
    "reply_unknown": _("There is no such reply. Take one of those offered."),
    "need_not_open": _("The need is not open any more."),
    "need_published": _("The need is public already."),
    "need_not_published": _("The need is not public."),
    "import_kind": _("There is no such kind of import."),
    # parties
    "role_held": _("The person holds this role already."),
    "role_ended": _("The role has ended already."),
    "last_administrator": _("The last administrator cannot give up the role."),
    "username_taken": _("This user name is taken."),
    "username_format": _("A log-in has three characters at least: small letters, digits, dots, hyphens."),
    "display_name_empty": _("Write the person's name."),
    "email_format": _("This is no e-mail address."),
    "password_weak": _("The password is too easy to guess."),
    "user_closed": _("The log-in is closed."),
    "close_oneself": _("Nobody closes their own log-in. Ask another administrator."),
    "role_unknown": _("There is no such role."),
    "role_not_for_kind": _("This role is not for organisations of this kind. Choose another role or organisation."),
    "grant_to_oneself": _("Nobody hands out a role to themselves. Ask another administrator."),
    "organisation_gone": _("The organisation was merged or closed. Look for the one that it became."),
    "organisation_changed": _("Somebody has changed this organisation meanwhile. Look at it again."),
    "organisation_name_empty": _("Write the organisation's name."),
    "organisation_name_taken": _("Another organisation bears this name."),
    "organisation_kind_unknown": _("There is no such kind of organisation."),
    "organisation_exists": _("The organisation is in the register already."),
    "credit_code_taken": _("Another organisation has this credit code."),
    "organisation_merged": _("The organisation was merged into another one."),
    # keys of programs
    "key_name_empty": _("Give the key a name, such as the program that will use it."),
    "key_scopes_empty": _("Say what the key may do: at least one scope."),
    "scope_unknown": _("There is no scope “%(scope)s”. Write read, write, or one register, as needs:write."),
    "key_expiry_past": _("The last day of the key has passed already."),
    "key_expiry_far": _("A key is good for a year at most, until %(latest)s."),
    "too_many_keys": _("You have %(most)s keys in force already. Revoke one that nobody uses."),
    "key_revoked": _("The key was revoked already."),
    # webhooks
    "hook_name_empty": _("Give the webhook a name, such as the system that listens."),
    "hook_url_invalid": _("This is no address that can be called. Write it as https://example.org/hooks."),
    "hook_url_insecure": _("Only addresses that begin with https:// are called."),
    "hook_url_refused": _("Addresses inside private networks are not called."),
    "event_kind_unknown": _("There is no event “%(kind)s”."),
    "hook_organisation_foreign": _("You hold no role in this organisation, so you cannot listen for it."),
    "hook_overlap": _("The old secret can stay good for %(most)s hours at most."),
    "too_many_hooks": _("You have %(most)s webhooks already. Switch off and reuse one of them."),
    "hook_on": _("The webhook is switched on already."),
    "hook_off": _("The webhook is switched off. Switch it on first."),
    "delivery_waiting": _("This delivery is still being tried."),
    "keys_missing": _(
        "The keys of the private parts are gone. Nothing private is read or written until the administrator puts "
        "keys.json back from the backup."
    ),
    "cannot_decrypt": _("The private part cannot be opened: its key is missing."),
}


def refusal(error: ZhiqiaoError) -> Refusal:
    kind = error.kind if error.kind in BY_KIND else "invalid"
    text = TEXTS.get(error.reason)
    if text is not None:
        worded = str(text) % readable(error.facts)
    elif error.reason in REASONS:
        worded = row_reason(error.reason, error.facts)
    else:
        worded = str(BY_KIND[kind])
    return Refusal(str(TITLES[kind]), worded, error.reason)
