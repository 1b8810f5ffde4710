// How a category will look, while it is written.

const preview = (name) => document.querySelector(`[data-preview="${name}"]`);
const language = document.documentElement.lang;

function follow(field, target) {
  const input = document.querySelector(`#${field}_${language}`);
  input?.addEventListener("input", () => {
    target.textContent = input.value;
  });
}

follow("problem", preview("title"));
follow("hint", preview("hint"));
for (const radio of document.querySelectorAll("[name=symbol]")) {
  radio.addEventListener("change", () => {
    preview("symbol").className = `symbol symbol-problems-${radio.value}`;
  });
}
