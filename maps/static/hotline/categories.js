// The category by its number or the beginning of its name; until somebody chooses, the words choose.

export function startCategories(form, given, changed) {
  const field = form.querySelector("#category-number");
  const told = form.querySelector("#category-said");
  const radios = [...form.querySelectorAll("[name=category]")];
  let byHand = radios.some((radio) => radio.checked);

  const name = (radio) => `${radio.dataset.number} · ${radio.parentElement.querySelector(".name").textContent}`;
  const say = (words, radio) => {
    told.textContent = given.words[words].replace("{category}", radio ? name(radio) : "");
  };

  function choose(radio, words) {
    radio.checked = true;
    say(words, radio);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    changed();
  }

  field.addEventListener("input", () => {
    const typed = field.value.trim().toLocaleLowerCase();
    if (!typed) return;
    const found = /^\d+$/.test(typed)
      ? radios.find((radio) => radio.dataset.number === String(Number(typed)))
      : radios.find((radio) => begins(radio, typed)) ?? radios.find((radio) => title(radio).includes(typed));
    if (!found) {
      say("noSuch");
      return;
    }
    byHand = true;
    choose(found, "chosen");
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const at = radios.findIndex((radio) => radio.checked);
    const next = radios[(at + (event.key === "ArrowDown" ? 1 : -1) + radios.length) % radios.length];
    byHand = true;
    field.value = next.dataset.number;
    choose(next, "chosen");
  });
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      byHand = true;
      field.value = "";
      choose(radio, "chosen");
    });
  }

  return {
    /** Take the category that the words speak for, if nobody has chosen. */
    guess(code) {
      const radio = radios.find((each) => each.value === code);
      if (byHand || !radio || radio.checked) return;
      choose(radio, "guessed");
    },
  };
}

function title(radio) {
  return radio.parentElement.querySelector(".name").textContent.toLocaleLowerCase();
}

function begins(radio, typed) {
  return title(radio).split(/[\s(,]+/).some((word) => word.startsWith(typed));
}
