// Sharing a link: by what the device offers for it, else by the clipboard.

export function startShare() {
  for (const button of document.querySelectorAll("[data-share]")) {
    button.addEventListener("click", () => share(button));
  }
}

async function share(button) {
  const { share: url, title, copied } = button.dataset;
  if (navigator.share) {
    await navigator.share({ title, url }).catch(() => {}); // whoever changes their mind is no error
    return;
  }
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    window.prompt(title, url); // without https there is no clipboard: the link is shown, to be copied by hand
    return;
  }
  const before = button.textContent;
  button.textContent = copied;
  setTimeout(() => {
    button.textContent = before;
  }, 2500);
}
