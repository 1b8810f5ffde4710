// The receipt: copied, shared, or saved as a link.

document.documentElement.classList.add("scripted");
document.querySelector("h1").focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button, button.dataset.copy));
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.addEventListener("click", async () => {
    const url = button.dataset.share;
    if (!navigator.share) {
      copy(button, url);
      return;
    }
    await navigator.share({ title: button.dataset.title, url }).catch(() => {});
  });
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    select(text); // without https there is no clipboard: the code is marked, to be copied by hand
    return;
  }
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = before;
  }, 2500);
}

function select() {
  getSelection().selectAllChildren(document.querySelector("[data-code]"));
}
