// Dialogs are the browser's own. A link or form that asks for one works without script too: as a page, or at once.
//   data-dialog="id"        opens the dialog that stands in the page
//   data-ask                a link: its page's form is shown in a dialog
//   data-confirm="words"    a form or its button: asked before it is sent; data-tone="danger" colours the answer
//   data-reason="name"      with it: a reason must be given, sent under that name
//   data-close              closes the dialog around it
(function () {
  "use strict";
  const passed = new WeakSet();

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    // A click on the veil closes.
    if (event.target.tagName === "DIALOG" && outside(event.target, event)) event.target.close();
    const link = event.target.closest("a[data-ask]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    if (link && plain) showForm(link, event);
  });

  function outside(dialog, event) {
    const box = dialog.getBoundingClientRect();
    const within = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    return !within && event.detail > 0;
  }

  // The form of another page, in a dialog. It is sent as there, so what is wrong with it is said on that page.
  function showForm(link, event) {
    const dialog = document.getElementById("modal");
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    if (link.hasAttribute("aria-busy")) return; // A second click must not wipe out what is typed after the first.
    link.setAttribute("aria-busy", "true");
    fetch(link.href, { headers: { "X-Requested-With": "fetch" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((text) => fill(dialog, new DOMParser().parseFromString(text, "text/html"), link))
      .catch(() => (window.location.href = link.href))
      .finally(() => link.removeAttribute("aria-busy"));
  }

  function fill(dialog, page, link) {
    const form = page.querySelector("#main form[method=post]");
    if (!form) throw new Error("no form");
    const title = page.querySelector("#main h1");
    dialog.querySelector(".dialog-title").textContent = title ? title.textContent.trim() : link.textContent.trim();
    if (!form.getAttribute("action")) form.setAttribute("action", link.getAttribute("href"));
    // Its way back leads to where we are: it closes.
    form.querySelectorAll(".form-actions a").forEach((way) => way.setAttribute("data-close", ""));
    dialog.querySelector(".dialog-body").replaceChildren(document.importNode(form, true));
    dialog.showModal();
    const first = dialog.querySelector(".dialog-body input:not([type=hidden]), .dialog-body select, .dialog-body textarea");
    if (first) first.focus();
    window.zhiqiao.shown(dialog);
  }

  // Before others hear of the sending: ask, and send once the answer is yes.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const button = event.submitter;
      const asked = button && button.dataset.confirm ? button : form.dataset.confirm ? form : null;
      const dialog = document.getElementById("confirm");
      if (!asked || passed.has(form) || !dialog || !dialog.showModal) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(dialog, asked, form, button);
    },
    true
  );

  function ask(dialog, asked, form, button) {
    const reason = dialog.querySelector(".confirm-reason");
    const box = reason.querySelector("textarea");
    const yes = dialog.querySelector("[data-yes]");
    dialog.querySelector(".confirm-words").textContent = asked.dataset.confirm;
    yes.textContent = (button && button.textContent.trim()) || yes.dataset.yes;
    yes.className = asked.dataset.tone === "danger" ? "btn btn-danger" : "btn btn-primary";
    reason.hidden = !asked.dataset.reason;
    box.required = Boolean(asked.dataset.reason);
    box.value = "";
    dialog.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      if (asked.dataset.reason) carry(form, asked.dataset.reason, box.value);
      dialog.close();
      passed.add(form);
      form.requestSubmit(button && button.form === form ? button : undefined);
      passed.delete(form);
    };
    dialog.showModal();
    (asked.dataset.reason ? box : yes).focus();
  }

  function carry(form, name, value) {
    let field = form.elements[name];
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.appendChild(field);
    }
    field.value = value;
  }
})();
