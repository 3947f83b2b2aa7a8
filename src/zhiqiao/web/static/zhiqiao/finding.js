// Answers while one types. Input methods are waited for: half-written pinyin is nobody's search.
(function () {
  "use strict";

  // ---- lists: the part #results is fetched again and put in place; the address keeps up.
  let pending = null;
  let timer = 0;

  function address(form) {
    const words = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && value !== "") words.append(name, value);
    });
    const query = words.toString();
    return (form.getAttribute("action") || window.location.pathname) + (query ? "?" + query : "");
  }

  function refresh(where) {
    const results = document.getElementById("results");
    if (pending) pending.abort();
    pending = new AbortController();
    results.setAttribute("aria-busy", "true");
    return fetch(where, { signal: pending.signal, headers: { "HX-Request": "true", "HX-Target": "results" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((text) => {
        const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("results");
        if (!fresh) throw new Error("no results");
        const part = document.importNode(fresh, true);
        document.getElementById("results").replaceWith(part);
        window.history.replaceState(null, "", where);
        if (window.htmx) window.htmx.process(part);
        window.zhiqiao.shown(part);
        const told = part.querySelector("[data-announce], [role=status]");
        if (told) window.zhiqiao.announce(told.dataset.announce || told.textContent.trim());
      })
      .catch((why) => {
        if (why.name !== "AbortError") window.location.assign(where);
      });
  }

  function soon(form, wait) {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(address(form)), wait);
  }

  const TYPED = "input[type=search], input[type=text], input:not([type])";
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.hasAttribute("data-live") || !event.target.matches(TYPED) || event.isComposing) return;
    if (document.getElementById("results")) soon(form, 180);
  });
  document.addEventListener("compositionend", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-live") && document.getElementById("results")) soon(form, 60);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || !form.hasAttribute("data-live")) return;
    if (!event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) return;
    if (document.getElementById("results") && form.method === "get" && !form.hasAttribute("data-whole")) soon(form, 0);
    else form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-live") || event.target.hasAttribute("data-whole") || event.submitter?.name) return;
    if (event.target.method !== "get" || !document.getElementById("results")) return;
    event.preventDefault();
    clearTimeout(timer);
    refresh(address(event.target));
  });

  // ---- the search of the band: a combobox over fragments with options (WAI-ARIA 1.2)
  function combobox(input) {
    const form = input.form;
    const words = input.dataset;
    let asked = null;
    let waiting = 0;
    let at = -1;
    const panel = document.createElement("div");
    const list = document.createElement("div");
    panel.className = "found";
    panel.hidden = true;
    list.id = input.id + "-found";
    panel.appendChild(list);
    form.appendChild(panel);
    const hints = document.createElement("p");
    hints.className = "found-foot";
    hints.setAttribute("aria-hidden", "true");
    hints.textContent = words.hints || "";
    panel.appendChild(hints);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    const options = () => Array.from(list.querySelectorAll("[role=option]"));

    function close() {
      clearTimeout(waiting);
      if (asked) asked.abort();
      panel.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(place) {
      const all = options();
      at = all.length ? (place + all.length + 1) % (all.length + 1) : -1;
      if (at === all.length) at = -1;
      all.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }

    function show(text) {
      const fragment = new DOMParser().parseFromString(text, "text/html");
      list.replaceChildren(...Array.from(fragment.body.childNodes, (node) => document.importNode(node, true)));
      const inner = list.querySelector("[role=listbox]");
      if (inner) inner.replaceWith(...inner.childNodes);
      const all = options();
      all.forEach((option, number) => {
        option.id = option.id || list.id + "-" + number;
        option.tabIndex = -1;
        option.setAttribute("aria-selected", "false");
      });
      if (all.length) list.setAttribute("role", "listbox");
      else list.removeAttribute("role");
      list.setAttribute("aria-label", input.labels[0] ? input.labels[0].textContent : "");
      if (!all.length) list.removeAttribute("aria-label");
      panel.hidden = !list.childElementCount;
      at = -1;
      input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-expanded", String(!panel.hidden && all.length > 0));
      window.zhiqiao.announce(all.length ? words.some.replace("{n}", all.length) : words.none);
    }

    function look() {
      const text = input.value.trim();
      if (!text) return close();
      if (asked) asked.abort();
      asked = new AbortController();
      fetch(words.find + "?q=" + encodeURIComponent(text), { signal: asked.signal, headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))))
        .then((told) => {
          if (document.activeElement === input && input.value.trim() === text) show(told);
        })
        .catch((why) => {
          if (why.name !== "AbortError") close();
        });
    }

    function later() {
      clearTimeout(waiting);
      waiting = setTimeout(look, 120);
    }

    input.addEventListener("input", (event) => {
      if (!event.isComposing) later();
    });
    input.addEventListener("compositionend", later);
    input.addEventListener("focus", () => {
      if (input.value.trim() && panel.hidden) later();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const open = !panel.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (open) mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? options().length - 1 : at - 1);
        else look();
      } else if (event.key === "Enter" && open && at >= 0) {
        event.preventDefault();
        options()[at].click();
      } else if (event.key === "Escape") {
        if (open) {
          event.preventDefault();
          event.stopPropagation();
          close();
        } else input.blur();
      } else if (event.key === "Tab") close();
    });
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    document.addEventListener("click", (event) => {
      if (!form.contains(event.target)) close();
    });
  }
  document.querySelectorAll("input[data-find]").forEach(combobox);
})();
