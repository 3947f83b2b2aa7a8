// Ticking rows, to do something to many at once. Without script the bar stands above the list always and takes what is
// ticked; with it the bar floats in once something is.
//   form.bulkbar[data-bulk]   the bar; [data-bulk-count] in it says how many, [data-bulk-all] means all the filters leave
//   input[data-tick][form]    the box of a row, which belongs to that form; [data-tick-all] in the head ticks the page
(function () {
  "use strict";
  let last = null;

  const bar = () => document.querySelector("form[data-bulk]");
  const boxes = () => Array.from(document.querySelectorAll("input[data-tick]"));

  function show() {
    const form = bar();
    if (!form) return;
    const all = boxes();
    const ticked = all.filter((box) => box.checked);
    all.forEach((box) => {
      const row = box.closest("tr, li");
      if (row) row.classList.toggle("picked", box.checked);
    });
    const head = document.querySelector("[data-tick-all]");
    if (head) {
      head.checked = all.length > 0 && ticked.length === all.length;
      head.indeterminate = ticked.length > 0 && ticked.length < all.length;
    }
    const every = form.querySelector("[data-bulk-all]");
    if (every && ticked.length < all.length) every.checked = false;
    const whole = every && every.checked;
    const appears = form.hidden && ticked.length > 0;
    form.classList.add("floating");
    form.hidden = !ticked.length && !whole;
    const count = form.querySelector("[data-bulk-count]");
    if (count) count.textContent = ticked.length.toLocaleString();
    if (count && count.parentElement) count.parentElement.hidden = Boolean(whole);
    if (appears && count) window.zhiqiao.announce(count.parentElement.textContent.trim());
  }

  document.addEventListener("click", (event) => {
    if (event.target.matches("input[data-tick]")) {
      const all = boxes();
      const [at, from] = [all.indexOf(event.target), all.indexOf(last)];
      if (event.shiftKey && from >= 0)
        all.slice(Math.min(at, from), Math.max(at, from) + 1).forEach((box) => (box.checked = event.target.checked));
      last = event.target;
      show();
    } else if (event.target.matches("[data-tick-all]")) {
      boxes().forEach((box) => (box.checked = event.target.checked));
      show();
    } else if (event.target.matches("[data-bulk-all]")) {
      if (event.target.checked) boxes().forEach((box) => (box.checked = true));
      show();
    } else if (event.target.closest("[data-bulk-none]")) {
      event.preventDefault();
      boxes().forEach((box) => (box.checked = false));
      show();
    }
  });
  show();
  window.addEventListener("pageshow", show);
  document.addEventListener("zhiqiao:shown", show);
})();
