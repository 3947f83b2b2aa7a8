"""What stands in the audit trail, in words: actions and the kinds of record."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Final[dict[str, str | Promise]] = {
    "core.attach": _("File attached"), "core.withdraw_attachment": _("Attachment withdrawn"),
    "core.enqueue_job": _("Work asked for"), "core.end_job": _("Work ended"), "core.cancel_job": _("Work cancelled"),
    "core.retry_job": _("Work tried again"), "core.erase_personal": _("Personal value erased by law"),
    "core.load_reference": _("Reference tables loaded"), "core.start_import": _("Import started"),
    "core.finish_import": _("Import ended"), "core.report_import": _("Report of rejected rows written"),
    "core.undo_import": _("Import undone"), "core.reopen_import": _("Import gone on with"),
    "core.switch_schedule": _("Schedule switched on or off"), "core.change_schedule": _("Schedule changed"),
    "core.run_schedule": _("Schedule run by hand"), "core.comment": _("Note written"),
    "core.withdraw_comment": _("Note taken back"), "core.save_view": _("View kept"),
    "core.drop_view": _("View forgotten"),
    "parties.register_organisation": _("Organisation registered"),
    "parties.register_named": _("Organisation taken from a file"),
    "parties.describe_organisation": _("Organisation described"), "parties.change_name": _("Name changed"),
    "parties.add_alias": _("Other name added"), "parties.merge_organisations": _("Organisations merged"),
    "parties.import_organisation": _("Organisation imported"), "parties.import_names": _("Names imported"),
    "parties.create_user": _("Log-in created"), "parties.set_password": _("Password set"),
    "parties.log_in": _("Logged in"), "parties.fail_log_in": _("Log-in failed"),
    "parties.change_password": _("Own password changed"),
    "parties.add_step": _("Second step of the log-in added"),
    "parties.remove_step": _("Second step of the log-in removed"),
    "parties.close_login": _("Log-in closed"), "parties.grant_role": _("Role granted"),
    "parties.end_role": _("Role ended"), "parties.choose_pushes": _("Pushes chosen"),
    "parties.add_contact": _("Contact added"), "parties.withdraw_contact": _("Contact withdrawn"),
    "parties.move_membership": _("Role moved by a merger"), "parties.carry_names": _("Names carried over by a merger"),
    "parties.hand_over_code": _("Credit code handed over by a merger"), "parties.undo_import": _("Import undone"),
    "parties.make_key": _("Key made"), "parties.revoke_key": _("Key revoked"),
    "hooks.add_endpoint": _("Webhook added"), "hooks.change_endpoint": _("Webhook changed"),
    "hooks.rotate_secret": _("Secret of the webhook changed"), "hooks.switch_on": _("Webhook switched on"),
    "hooks.switch_off": _("Webhook switched off"), "hooks.send_test": _("Test message sent"),
    "hooks.redeliver": _("Delivery asked for again"),
    "registry.publish_matured": _("Application became public"),
    "registry.import_patent": _("Patent imported"), "registry.import_statement": _("Holder's statement imported"),
    "registry.import_encumbrances": _("Encumbrances imported"), "registry.undo_import": _("Import undone"),
    "inventory.begin": _("Stocktaking begun"), "inventory.enter": _("Entered into the stocktaking"),
    "inventory.rescope": _("In or out changed"), "inventory.freeze": _("Stocktaking frozen"),
    "inventory.appraise": _("Appraised"), "inventory.suggest_tier": _("Tier suggested"),
    "inventory.confirm_tier": _("Tier confirmed"), "inventory.correct_entry": _("Entry corrected"),
    "inventory.start_filing": _("Filing begun"), "inventory.submit": _("Submitted to the college"),
    "inventory.submit_to_school": _("Submitted to the final review"),
    "inventory.approve_college": _("College review passed"), "inventory.return_to_filer": _("Returned to the filer"),
    "inventory.register": _("Final review passed, put on the register"), "inventory.reopen": _("Filing reopened"),
    "inventory.start_evaluation": _("Evaluation begun"), "inventory.place_in_tier": _("Placed in a tier"),
    "inventory.promote": _("Promotion begun"), "inventory.start_conversion": _("Conversion begun"),
    "inventory.complete_conversion": _("Conversion completed"),
    "inventory.resume_promotion": _("Conversion failed, promoted again"),
    "inventory.withdraw": _("Taken out of the stocktaking"),
    "inventory.adopt_statement": _("Holder's statement adopted"), "inventory.count_replies": _("Replies counted"),
    "needs.state_need": _("Need stated"), "needs.change_need": _("Need changed"),
    "needs.close_need": _("Need closed"),
    "needs.publish_need": _("Need published"), "needs.hide_need": _("Need taken from the public"),
    "needs.import_need": _("Need imported"), "needs.undo_import": _("Import undone"),
    "matching.match_need": _("Need matched"), "matching.suggest_push": _("Push list made"),
    "matching.push": _("Pushed"), "matching.see": _("Seen by the organisation"), "matching.answer": _("Replied"),
    "matching.withdraw": _("Push taken back"), "matching.correct_lesson": _("Lesson for the ranking corrected"),
    "matching.choose_pushes": _("Pushes chosen"), "matching.state_interest": _("Field or word for pushes named"),
    "matching.withdraw_interest": _("Field or word for pushes taken away"),
    "matching.learn": _("Ranking learnt from replies and deals"),
    "matching.use_ranker": _("Other version of the ranking served"),
    "matching.relink_merged": _("Matches moved by a merger"),
}  # fmt: skip
SUBJECTS: Final[dict[str, str | Promise]] = {
    "core.attachment": _("Attachment"), "core.import": _("Import"), "core.job": _("Work"),
    "core.schedule": _("Schedule"),
    "core.personal": _("Personal value"), "core.reference": _("Reference tables"),
    "parties.contact": _("Contact"), "parties.organisation": _("Organisation"), "parties.user": _("Log-in"),
    "parties.key": _("Key of a program"), "hooks.endpoint": _("Webhook"), "hooks.delivery": _("Delivery"),
    "registry.patent": _("Patent"), "registry.statement": _("Holder's statement"),
    "inventory.inventory": _("Stocktaking"), "inventory.entry": _("Entry of a stocktaking"),
    "inventory.appraisal": _("Appraisal"), "needs.need": _("Need"),
    "matching.push": _("Push"), "matching.ranker": _("Version of the ranking"),
}  # fmt: skip


def trail_word(code: str) -> str:
    """An action or kind of record in words; one that nobody worded yet shows as its code."""
    return str(ACTIONS.get(code) or SUBJECTS.get(code) or code)
