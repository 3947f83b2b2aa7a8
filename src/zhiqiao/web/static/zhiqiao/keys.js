// Keys for those who live in lists: "/" search, "g" and a letter to a page, "j" "k" Enter through rows, "x" ticks one,
// "?" the list of keys. Never while somebody types, in a dialog, or with Ctrl, Alt or Meta held.
(function () {
  "use strict";
  let going = 0;
  let row = null;

  // A letter a page: the first of its address that none before it has taken, so that nobody keeps a list of them.
  const letters = new Map();
  document.querySelectorAll(".side a[href]").forEach((link) => {
    const parts = new URL(link.href).pathname.split("/").filter(Boolean);
    const wanted = parts.length ? parts[parts.length - 1] + parts.join("") : "home";
    const letter = Array.from(wanted).find((each) => /[a-z]/.test(each) && !letters.has(each));
    if (letter) letters.set(letter, link);
  });

  function stop() {
    clearTimeout(going);
    going = 0;
    document.querySelectorAll(".side .key").forEach((key) => key.remove());
  }

  function start() {
    stop();
    letters.forEach((link, letter) => {
      const key = document.createElement("span");
      key.className = "key";
      key.setAttribute("aria-hidden", "true");
      key.textContent = letter.toUpperCase();
      link.appendChild(key);
    });
    going = setTimeout(stop, 2000);
  }

  function step(by) {
    const rows = Array.from(document.querySelectorAll(".ledger tbody tr")).filter((each) => each.querySelector("a[href]"));
    if (!rows.length) return;
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + by))];
    if (row) row.classList.remove("at");
    row = next;
    row.classList.add("at");
    (row.querySelector("a.main-link") || row.querySelector("a[href]")).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function help() {
    const dialog = document.getElementById("keys-help");
    if (!dialog || !dialog.showModal || dialog.open) return;
    const body = dialog.querySelector("[data-go-keys]");
    body.replaceChildren();
    letters.forEach((link, letter) => {
      const line = body.insertRow();
      line.insertCell().textContent = link.textContent.trim();
      const keys = line.insertCell();
      ["g", letter].forEach((each) => {
        const key = document.createElement("kbd");
        key.textContent = each;
        keys.append(key, " ");
      });
    });
    dialog.showModal();
  }

  function search() {
    const boxes = Array.from(document.querySelectorAll("[data-search], input[type=search]"));
    const box = boxes.find((each) => each.offsetParent !== null);
    if (!box) return false;
    box.focus();
    box.select();
    return true;
  }

  const PLAIN = {
    "/": search,
    "?": () => help(),
    j: () => step(1),
    k: () => step(-1),
    g: () => letters.size && start(),
    x: () => {
      const box = row && row.querySelector("input[data-tick]");
      if (box) box.click();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (window.zhiqiao.typing(event) && !event.target.matches("input[type=checkbox]")) return;
    if (document.querySelector("dialog[open]")) return;
    if (going) {
      const link = letters.get(event.key.toLowerCase());
      stop();
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    const act = PLAIN[event.key];
    if (act && act() !== false) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) {
      const menu = event.target.closest("details");
      if (menu) menu.open = false;
      help();
    }
  });
  document.addEventListener("zhiqiao:shown", () => (row = null));
})();
