// What is pasted into the empty field becomes a draft at once.

const form = document.querySelector("#paste");
const field = form.elements.pasted;

field.addEventListener("paste", () => {
  if (!field.value.trim()) setTimeout(() => form.requestSubmit());
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
document.documentElement.dataset.ready = "";
