// How far a file is: asked every now and then; when it has ended, the page itself tells how.

const job = document.querySelector("#job");
const bar = document.querySelector("#job-progress");
const stage = document.querySelector("#job-stage");
const nobody = document.querySelector("#job-nobody");

async function look() {
  const answer = await fetch(job.dataset.address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return location.reload();
  const found = await answer.json();
  if (found.ended) return location.reload();
  if (found.total) {
    bar.max = found.total;
    bar.value = found.done;
  }
  if (found.stage && !found.cancelling) stage.textContent = `${found.stage}…`;
  nobody.hidden = found.worker;
  setTimeout(watch, 700);
}

function watch() {
  look().catch(() => setTimeout(watch, 3000)); // the connection went away: it may come back
}

watch();
