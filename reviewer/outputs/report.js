"use strict";
{
  const controls = document.getElementById("controls");
  const list = document.getElementById("findings");
  const findings = Array.from(list.children);
  const text = new Map(findings.map((finding) => [finding, finding.textContent.toLowerCase()]));
  const number = (finding, name) => Number(finding.dataset[name]);
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const byFile = (a, b) => compare(a.dataset.file, b.dataset.file) || number(a, "line") - number(b, "line");
  const bySeverity = (a, b) => number(a, "rank") - number(b, "rank") || byFile(a, b);
  const orders = {
    severity: bySeverity,
    file: byFile,
    category: (a, b) => compare(a.dataset.category, b.dataset.category) || bySeverity(a, b),
    confidence: (a, b) => number(b, "confidence") - number(a, "confidence") || bySeverity(a, b),
  };

  const filter = () => {
    const form = new FormData(controls);
    const severities = new Set(form.getAll("severity"));
    const wanted = form.get("search").toLowerCase();
    let shown = 0;
    for (const finding of findings) {
      const { severity, category, file } = finding.dataset;
      const fits = severities.has(severity) && ["", category].includes(form.get("category")) &&
        ["", file].includes(form.get("file")) && text.get(finding).includes(wanted);
      finding.hidden = !fits;
      shown += fits;
    }
    document.getElementById("shown").textContent = `${shown} of ${findings.length} shown`;
  };
  const sort = () => list.append(...findings.sort(orders[controls.elements.sort.value]));
  const fold = (open) => findings.forEach((finding) => { finding.firstElementChild.open = open; });

  if (controls) {
    controls.hidden = false;
    controls.addEventListener("input", filter);
    controls.addEventListener("submit", (event) => event.preventDefault());
    controls.elements.sort.addEventListener("change", sort);
    document.getElementById("unfold").addEventListener("click", () => fold(true));
    document.getElementById("fold").addEventListener("click", () => fold(false));
    filter();
    sort();
  }
  for (const button of document.querySelectorAll(".copy")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.nextElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
}
