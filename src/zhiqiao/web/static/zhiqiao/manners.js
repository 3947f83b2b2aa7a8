// Small manners of the pages. Everything works without it, only less comfortably.
// Other scripts use `zhiqiao.announce` and `zhiqiao.toast`, and listen for "zhiqiao:shown" on a part put in anew.
(function () {
  "use strict";

  function announce(words) {
    const announcer = document.getElementById("announcer");
    if (!announcer || !words) return;
    announcer.textContent = "";
    setTimeout(() => (announcer.textContent = words), 30);
  }

  function toast(words) {
    const shelf = document.getElementById("toasts");
    const line = document.createElement("p");
    line.className = "toast-line";
    line.textContent = words;
    shelf.appendChild(line);
    setTimeout(() => line.remove(), 4000);
  }

  function typing(event) {
    const at = event.target;
    return at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  }

  function shown(part) {
    part.dispatchEvent(new CustomEvent("zhiqiao:shown", { bubbles: true }));
  }

  window.zhiqiao = { announce, toast, typing, shown };

  // Open menus close on Escape and on a click elsewhere; focus goes back to where it was. Arrows walk through them.
  const MENUS = "details.menu[open], details.dock-more[open], details.pick[open]";
  document.addEventListener("click", (event) => {
    document.querySelectorAll(MENUS).forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape")
      document.querySelectorAll(MENUS).forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    const menu = event.target.closest && event.target.closest("details.menu[open]");
    if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = Array.from(menu.querySelectorAll("summary, .menu-body a, .menu-body button, .menu-body input"));
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    stops[(next + stops.length) % stops.length].focus();
  });

  // A form is sent once; the button says that it is at work.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.defaultPrevented || event.target.method !== "post" || event.target.hasAttribute("data-again")) return;
    button.setAttribute("aria-busy", "true");
    setTimeout(() => (button.disabled = true), 0);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("button[aria-busy]").forEach((button) => {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const closer = event.target.closest("[data-dismiss]");
    if (closer) closer.closest(".note").remove();
    const copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard)
      navigator.clipboard.writeText(copier.dataset.copy).then(() => {
        toast(copier.dataset.copied);
        announce(copier.dataset.copied);
      });
  });
  if (!navigator.clipboard) document.documentElement.classList.add("no-clipboard");

  // What was typed and not yet sent is not lost by a slip.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.form && event.target.form.hasAttribute("data-warn-unsaved")) unsaved = true;
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // Counts what a text box holds, for those who like short texts.
  document.addEventListener("input", (event) => {
    const counter = event.target.dataset && event.target.dataset.counter;
    const told = counter && document.getElementById(counter);
    if (told) told.textContent = event.target.value.length + " / " + event.target.maxLength;
  });

  // Names the files that were chosen.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file][data-names]")) return;
    const list = document.getElementById(event.target.dataset.names);
    list.replaceChildren();
    Array.from(event.target.files).forEach((file) => {
      const item = document.createElement("li");
      item.textContent = file.name + " · " + Math.max(1, Math.round(file.size / 1024)).toLocaleString() + " KB";
      list.appendChild(item);
    });
  });

  // On a phone all filters but the search box wait behind "more".
  document.querySelectorAll(".finder").forEach((form) => {
    const rest = form.querySelector(".finder-more");
    if (!rest) return;
    const follow = () => form.classList.toggle("more", rest.open);
    form.classList.add("foldable");
    rest.addEventListener("toggle", follow);
    follow();
  });

  // On a phone the search of the band opens over it.
  document.addEventListener("click", (event) => {
    const search = document.querySelector(".band-search");
    if (!search) return;
    if (event.target.closest("[data-open-search]")) {
      event.preventDefault();
      search.classList.add("open");
      search.querySelector("input").focus();
    } else if (!search.contains(event.target)) search.classList.remove("open");
  });

  // A table that fits needs no scroller: its heads then stick to the window. Else its edges say that there is more.
  const watching = new WeakSet();
  function fit(sheet) {
    sheet.classList.remove("fits");
    const wide = sheet.scrollWidth > sheet.clientWidth + 1;
    sheet.classList.toggle("fits", !wide);
    edges(sheet);
  }
  function edges(sheet) {
    const rest = sheet.scrollWidth - sheet.clientWidth - sheet.scrollLeft;
    const wide = !sheet.classList.contains("fits");
    sheet.classList.toggle("more-right", wide && rest > 2);
    sheet.classList.toggle("more-left", wide && sheet.scrollLeft > 2);
  }
  const resized = new ResizeObserver((all) => all.forEach((each) => fit(each.target)));

  // Long texts fold to six lines with a button; without script they stand in full.
  function fold(text) {
    text.classList.add("folded");
    if (text.scrollHeight <= text.clientHeight + 2) return text.classList.remove("folded");
    const button = document.createElement("button");
    const words = document.body.dataset;
    button.type = "button";
    button.className = "btn btn-quiet long-more";
    button.textContent = words.more;
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const folded = text.classList.toggle("folded");
      button.textContent = folded ? words.more : words.less;
      button.setAttribute("aria-expanded", String(!folded));
    });
    text.after(button);
  }

  function prepare(part) {
    part.querySelectorAll(".sheet").forEach((sheet) => {
      if (watching.has(sheet)) return;
      watching.add(sheet);
      sheet.addEventListener("scroll", () => edges(sheet), { passive: true });
      resized.observe(sheet);
    });
    part.querySelectorAll(".long:not([data-ready])").forEach((text) => {
      text.dataset.ready = "1";
      fold(text);
    });
  }
  prepare(document);
  document.addEventListener("zhiqiao:shown", (event) => prepare(event.target));

  document.addEventListener("htmx:afterSwap", (event) => {
    const told = event.target.querySelector("[data-announce]");
    if (told) announce(told.dataset.announce);
    prepare(event.target);
  });
  document.addEventListener("htmx:responseError", () => {
    const words = document.getElementById("announcer").dataset.failed || "";
    announce(words);
    if (words) toast(words);
  });
})();
