// Small manners of the pages. Everything works without it, only less comfortably.
(function () {
  "use strict";

  // Open menus close on Escape and on a click elsewhere; focus goes back to where it was.
  function openMenus() {
    return document.querySelectorAll("details.menu[open], details.dock-more[open], details.pick[open]");
  }
  document.addEventListener("click", function (event) {
    openMenus().forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      openMenus().forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    // "/" goes to the search box, as on most portals; never while someone types.
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      var box = document.querySelector("[data-search]") || document.querySelector("input[type=search]");
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
  });

  document.addEventListener("click", function (event) {
    var printer = event.target.closest("[data-print]");
    if (printer) window.print();
    var opener = event.target.closest("[data-dialog]");
    if (opener) {
      var dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    var closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });

  // A form is sent once; the button says that it is at work.
  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (!button || event.target.method !== "post" || event.target.hasAttribute("data-again")) return;
    button.setAttribute("aria-busy", "true");
    setTimeout(function () {
      button.disabled = true;
    }, 0);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("button[aria-busy]").forEach(function (button) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    });
  });

  // Selects and tick boxes of a filter bar apply at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-live]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });

  // Counts what a text box holds, for those who like short texts.
  document.addEventListener("input", function (event) {
    var counter = event.target.dataset && event.target.dataset.counter;
    var shown = counter && document.getElementById(counter);
    if (shown) shown.textContent = event.target.value.length + " / " + event.target.maxLength;
  });

  // On a phone the further filters wait behind their button.
  function unfold(button, open) {
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
  }
  var narrow = window.matchMedia("(max-width: 640px)");
  document.querySelectorAll(".finder-toggle").forEach(function (button) {
    unfold(button, !narrow.matches);
    button.addEventListener("click", function () {
      unfold(button, button.getAttribute("aria-expanded") !== "true");
    });
    // Turned to landscape, or a window made wider: nothing may stay hidden without its button.
    if (narrow.addEventListener)
      narrow.addEventListener("change", function () {
        unfold(button, !narrow.matches);
      });
  });

  // Names the files that were chosen.
  document.addEventListener("change", function (event) {
    if (!event.target.matches("input[type=file][data-names]")) return;
    var list = document.getElementById(event.target.dataset.names);
    list.replaceChildren();
    Array.prototype.forEach.call(event.target.files, function (file) {
      var item = document.createElement("li");
      item.textContent = file.name + " · " + Math.max(1, Math.round(file.size / 1024)).toLocaleString() + " KB";
      list.appendChild(item);
    });
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    var told = event.target.querySelector("[data-announce]");
    if (told) document.getElementById("announcer").textContent = told.dataset.announce;
  });
  document.addEventListener("htmx:responseError", function () {
    var announcer = document.getElementById("announcer");
    announcer.textContent = announcer.dataset.failed || "";
  });
})();
