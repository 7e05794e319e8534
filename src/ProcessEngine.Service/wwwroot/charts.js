// Draws a picture above each table of figures, from the table itself. The table is the content: without this only the picture is missing.
// Colours are told apart by everybody (Okabe and Ito), and each has a pattern of its own besides.
const tones = { good: "#0072b2", early: "#56b4e9", bad: "#d55e00", warn: "#e69f00", calm: "#009e73", quiet: "#999999", line: "#cc79a7" };
const styles = getComputedStyle(document.documentElement);
const printed = document.documentElement.hasAttribute("data-printed");
const ink = () => (printed ? "#222222" : styles.getPropertyValue("--pico-color").trim() || "#222222");
const faint = () => (printed ? "#cccccc" : styles.getPropertyValue("--pico-muted-border-color").trim() || "#cccccc");

const valueOf = cell => (cell && cell.dataset.value ? Number(cell.dataset.value) : null);
const read = figure => {
  const heads = [...figure.querySelectorAll("thead th")].slice(1);
  const rows = [...figure.querySelectorAll("tbody tr")];
  return {
    columns: heads.map(head => ({ name: head.textContent.trim(), tone: head.dataset.tone, shown: head.dataset.tone !== "none" })),
    rows: rows.map(row => ({
      name: (row.cells[0].dataset.short || row.cells[0].textContent).trim(),
      cells: [...row.cells].slice(1).map(cell => ({ value: valueOf(cell), text: cell.textContent.trim() })),
      mark: row.dataset.mark,
    })),
  };
};

// Numbers of the axes in the digits of the tables.
const thai = [...document.querySelectorAll("figure[data-chart] td")].some(cell => /[๐-๙]/.test(cell.textContent));
const digits = value => (thai ? String(value).replace(/[0-9]/g, digit => "๐๑๒๓๔๕๖๗๘๙"[digit]) : String(value));

const common = () => ({
  animation: false,
  textStyle: { fontFamily: getComputedStyle(document.querySelector("figure[data-chart]")).fontFamily, color: ink(), fontSize: 13 },
  aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
});
const axis = () => ({
  axisLabel: { color: ink() }, axisLine: { lineStyle: { color: faint() } }, splitLine: { lineStyle: { color: faint() } },
  nameTextStyle: { color: ink() },
});
const legend = () => ({ legend: { bottom: 0, textStyle: { color: ink() }, itemGap: 16 } });
const grid = (top, bottom) => ({ grid: { left: 8, right: 12, top, bottom, outerBoundsMode: "same", outerBoundsContain: "axisLabel" } });
const narrow = box => box.clientWidth < 500;

// Columns beside or upon each other over the rows; a share in per cent as a line with an axis of its own.
const bars = stacked => (table, box) => ({
  // On a phone a long legend takes two lines.
  ...common(), ...legend(), ...grid(28, narrow(box) && table.columns.length > 3 ? 78 : 44),
  xAxis: {
    type: "category", data: table.rows.map(row => row.name), ...axis(), splitLine: { show: false },
    axisLabel: { color: ink(), interval: 0, rotate: table.rows.length > 4 && narrow(box) ? 45 : 0, hideOverlap: false },
  },
  yAxis: [
    { type: "value", minInterval: 1, ...axis(), axisLabel: { color: ink(), formatter: digits } },
    {
      type: "value", min: 0, max: 100, show: table.columns.some(c => c.tone === "line"), ...axis(), splitLine: { show: false },
      axisLabel: { color: ink(), formatter: digits },
    },
  ],
  series: table.columns.flatMap((column, i) => !column.shown ? [] : [column.tone === "line"
    ? {
      name: column.name, type: "line", yAxisIndex: 1, data: table.rows.map(row => row.cells[i].value), symbolSize: 8, connectNulls: true,
      lineStyle: { width: 3, color: ink() }, itemStyle: { color: ink(), decal: { symbol: "none" } },
    }
    : {
      name: column.name, type: "bar", stack: stacked ? "all" : undefined, data: table.rows.map(row => row.cells[i].value),
      itemStyle: { color: tones[column.tone] }, barMaxWidth: 48,
      label: { show: !stacked, position: "top", color: ink(), formatter: one => (one.value ? table.rows[one.dataIndex].cells[i].text : "") },
    }]),
});

// How often each class of values came, with the limit marked after the class that ends with it.
const spread = (table, box) => {
  const limit = table.rows.findIndex(row => row.mark === "limit");
  return {
    ...common(), ...grid(36, 24),
    xAxis: {
      type: "category", data: table.rows.map(row => row.name), ...axis(), splitLine: { show: false },
      axisLabel: { color: ink(), interval: narrow(box) ? 4 : 1 },
    },
    yAxis: { type: "value", minInterval: 1, ...axis(), axisLabel: { color: ink(), formatter: digits } },
    series: [
      {
        type: "bar", barCategoryGap: "8%",
        data: table.rows.map((row, i) => ({
          value: row.cells[0].value,
          itemStyle: { color: i <= limit ? tones.good : tones.bad },
        })),
        markLine: {
          silent: true, symbol: "none", lineStyle: { color: ink(), width: 2, type: "dashed" },
          label: { color: ink(), formatter: box.dataset.limit ?? "", position: "end" },
          data: [{ xAxis: limit }],
        },
      },
    ],
  };
};

const funnel = table => ({
  ...common(),
  series: [
    {
      type: "funnel", sort: "none", gap: 3, left: "8%", right: "8%", top: 8, bottom: 8, minSize: "4%",
      label: { position: "inside", color: "#111111", backgroundColor: "rgba(255,255,255,.88)", padding: [3, 6], borderRadius: 4, fontSize: 13 },
      itemStyle: { borderWidth: 0 },
      data: table.rows.filter(row => row.cells[0].value > 0).map((row, i) => ({
        name: `${row.name}: ${row.cells[0].text}`, value: row.cells[0].value,
        itemStyle: { color: [tones.good, tones.early, tones.warn, tones.bad, tones.line][i] },
      })),
    },
  ],
});

// A share of what was kept for each row and column: from what is seldom kept to what always is.
const heat = (table, box) => {
  box.style.height = `${(narrow(box) ? 130 : 90) + table.rows.length * 46}px`;
  return {
    ...common(),
    aria: { enabled: false },
    grid: { left: narrow(box) ? 110 : 290, right: 12, top: 8, bottom: narrow(box) ? 100 : 64 },
    xAxis: {
      type: "category", data: table.columns.map(column => column.name), ...axis(),
      axisLabel: { color: ink(), interval: 0, rotate: narrow(box) ? 60 : 0 },
    },
    yAxis: {
      type: "category", inverse: true, data: table.rows.map(row => row.name), ...axis(),
      axisLabel: { color: ink(), width: narrow(box) ? 100 : 275, overflow: "truncate" },
    },
    visualMap: {
      type: "piecewise", orient: "horizontal", left: "center", bottom: 0, textStyle: { color: ink() }, itemGap: 12,
      pieces: [
        { min: 0, max: 49, label: digits("0–49"), color: "#d55e00" }, { min: 50, max: 79, label: digits("50–79"), color: "#f0b36b" },
        { min: 80, max: 94, label: digits("80–94"), color: "#a8d3ee" }, { min: 95, max: 100, label: digits("95–100"), color: "#2a8ac4" },
      ],
    },
    series: [
      {
        type: "heatmap",
        data: table.rows.flatMap((row, y) => row.cells.flatMap((cell, x) => (cell.value === null ? [] : [[x, y, cell.value]]))),
        label: { show: true, color: "#111111", formatter: one => table.rows[one.value[1]].cells[one.value[0]].text },
        itemStyle: { borderWidth: 2, borderColor: printed ? "#ffffff" : styles.getPropertyValue("--pico-background-color").trim() },
      },
    ],
  };
};

const kinds = { stacked: bars(true), grouped: bars(false), spread, funnel, heat };
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const table = read(figure);
  const box = figure.querySelector(".drawing");
  if (!box || table.rows.length === 0 || !table.rows.some(row => row.cells.some(cell => cell.value))) continue;
  box.hidden = false;
  const draw = () => kinds[figure.dataset.chart](table, box);
  const option = draw();
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption(option);
  if (!printed) {
    new ResizeObserver(() => {
      chart.resize();
      chart.setOption(draw(), true);
    }).observe(figure);
  }
}
document.documentElement.dataset.drawn = "yes";
