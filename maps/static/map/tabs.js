// Two tabs of the panel, as the ARIA practices describe them: arrows move between them, only the chosen one is a stop.

export function startTabs(form, start) {
  const tabs = [...form.querySelectorAll("[role=tab]")];
  const panels = tabs.map((tab) => document.getElementById(tab.getAttribute("aria-controls")));

  const choose = (index, focus = false) => {
    tabs.forEach((tab, each) => {
      tab.setAttribute("aria-selected", String(each === index));
      tab.tabIndex = each === index ? 0 : -1;
      panels[each].classList.toggle("open", each === index);
    });
    if (focus) tabs[index].focus();
  };

  tabs.forEach((tab, index) => {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(index);
    });
    tab.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowRight" || key === "ArrowLeft") choose((index + 1) % tabs.length, true);
    });
  });
  choose(start);
  return choose;
}
