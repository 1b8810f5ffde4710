// The desk beyond its HTML: keys, forms that open where a link or key points, the map of a report. All of it works
// without this as well: links and forms lead everywhere.

import { startKeys } from "./keys.js";
import { openAt, startMoves } from "./moves.js";

startMoves();
startKeys(openAt);
document.documentElement.classList.add("scripted");

const stage = document.querySelector("#map");
if (stage) import("./ground.js").then(({ startGround }) => startGround(stage));

const current = document.querySelector(".line[aria-current]");
current?.scrollIntoView({ block: "nearest" });
document.querySelector("[data-first]")?.focus({ preventScroll: true });
