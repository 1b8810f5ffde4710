// The list of what is kept on this device, on the page where a receipt is typed.

import { forget, kept } from "./kept.js";

const panel = document.querySelector("#kept");
const list = panel.querySelector("ul");
const said = list.dataset;

async function draw() {
  const reports = await kept();
  panel.hidden = !reports.length;
  list.replaceChildren(...reports.map(line));
}

function line({ token, number, category, at }) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/my/${encodeURIComponent(token)}`;
  const title = document.createElement("strong");
  title.textContent = category || said.open.replace("{n}", number);
  const about = document.createElement("small");
  const day = at ? new Date(at).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" }) : "";
  about.textContent = [number ? said.open.replace("{n}", number) : said.joined, day].filter(Boolean).join(" · ");
  link.append(title, about);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  button.textContent = "×";
  button.setAttribute("aria-label", `${said.remove}: ${title.textContent}, ${about.textContent}`);
  button.addEventListener("click", async () => {
    await forget(token);
    await draw();
    document.querySelector("h1").focus?.();
  });
  row.append(link, button);
  return row;
}

draw();
