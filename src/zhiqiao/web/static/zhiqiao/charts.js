// Draws the charts of a page from the values that stand in it; the engine is fetched only where there is one. The
// table beneath says the same without script, to screen readers and on paper. Colours are those of the style sheet.
(function () {
  "use strict";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = [];

  function colour(name) {
    return getComputedStyle(document.body).getPropertyValue("--" + name).trim();
  }

  function told(value, unit) {
    return value === null || value === undefined ? "—" : value.toLocaleString() + (unit ? " " + unit : "");
  }

  // A pie's key tells the figure too: nobody should have to hover for it.
  function share(chart, name) {
    return name + "  " + told(chart.series[0].values[chart.categories.indexOf(name)], "");
  }

  function frame(chart, width) {
    const soft = colour("ink-soft");
    const names = { type: "category", data: chart.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line-strong") } }, axisLabel: { color: soft, fontSize: 12, hideOverlap: true } };
    const values = { type: "value", minInterval: chart.whole ? 1 : 0, splitNumber: 4, axisLabel: { color: soft, fontSize: 12 }, splitLine: { lineStyle: { color: colour("chart-line") } } };
    if (chart.kind !== "rows") return { xAxis: names, yAxis: values };
    names.inverse = true;
    names.axisLabel.width = Math.min(190, Math.round(width * 0.34));
    names.axisLabel.overflow = "truncate";
    return { xAxis: values, yAxis: names };
  }

  function series(chart) {
    if (chart.kind === "pie")
      return [{
        type: "pie", radius: ["52%", "80%"], center: ["27%", "50%"], itemStyle: { borderColor: colour("surface"), borderWidth: 2 },
        label: { show: false }, data: chart.categories.map((name, place) => ({ name, value: chart.series[0].values[place] })),
      }];
    return chart.series.map((each) => ({
      type: chart.kind === "line" ? "line" : "bar", name: each.name, data: each.values, barMaxWidth: 26, stack: chart.stacked ? "all" : undefined,
      itemStyle: { borderRadius: chart.stacked ? 0 : chart.kind === "rows" ? [0, 3, 3, 0] : [3, 3, 0, 0] }, symbolSize: 6, lineStyle: { width: 2 }, emphasis: { focus: chart.series.length > 1 ? "series" : "none" },
    }));
  }

  function option(chart, width) {
    const pie = chart.kind === "pie";
    const several = !pie && chart.series.length > 1;
    const key = { itemWidth: 12, itemHeight: 9, icon: "roundRect", textStyle: { color: colour("ink-soft"), fontSize: 12.5 } };
    return Object.assign({
      animation: !still, animationDuration: 350, color: [1, 2, 3, 4, 5, 6].map((number) => colour("chart-" + number)), series: series(chart),
      textStyle: { fontFamily: colour("sans") || "sans-serif" }, grid: { left: 4, right: 14, top: several ? 34 : 14, bottom: 2, containLabel: true },
      legend: several ? Object.assign({ top: 0, left: 0 }, key) : pie ? Object.assign({ left: "54%", top: "middle", orient: "vertical", formatter: (name) => share(chart, name) }, key) : undefined,
      // Drawn, not written into the page: the site's policy allows no style in HTML.
      tooltip: {
        renderMode: "richText", trigger: pie ? "item" : "axis", confine: true, axisPointer: { type: chart.kind === "line" ? "line" : "shadow", shadowStyle: { opacity: .35 } }, backgroundColor: colour("raised"),
        borderColor: colour("line"), textStyle: { color: colour("ink"), fontSize: 13 }, valueFormatter: (value) => told(value, chart.unit),
      },
    }, pie ? {} : frame(chart, width));
  }

  function draw(figure) {
    if (figure.classList.contains("drawn")) return;
    const chart = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector(".chart-canvas");
    figure.classList.add("drawn");
    const table = figure.querySelector("details");
    if (table) table.open = false;
    const made = window.echarts.init(canvas, null, { renderer: "canvas", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
    made.setOption(option(chart, canvas.clientWidth));
    const linked = (chart.addresses || []).some(Boolean);
    figure.classList.toggle("linked", linked);
    made.on("click", (event) => {
      const where = chart.addresses && chart.addresses[event.dataIndex];
      if (where) window.location.href = where;
    });
    new ResizeObserver(() => made.resize()).observe(canvas);
    drawn.push(() => made.setOption(option(chart, canvas.clientWidth), true));
  }

  let engine = null;
  function prepare(part) {
    const figures = Array.from(part.querySelectorAll("figure[data-chart]:not(.drawn)"));
    if (!figures.length) return;
    if (window.echarts) return figures.forEach(draw);
    if (!engine) {
      engine = document.createElement("script");
      engine.src = figures[0].dataset.engine;
      document.head.appendChild(engine);
    }
    engine.addEventListener("load", () => figures.forEach(draw), { once: true });
  }
  prepare(document);
  document.addEventListener("zhiqiao:shown", (event) => prepare(event.target));
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));

  function tables(open) {
    document.querySelectorAll("figure.drawn details").forEach((table) => (table.open = open));
  }
  new MutationObserver(() => drawn.forEach((again) => again())).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.addEventListener("beforeprint", () => tables(true));
  window.addEventListener("afterprint", () => tables(false));
})();
