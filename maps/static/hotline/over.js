// A call that is over: its draft is forgotten, and Enter begins the next one.

import { forget } from "./draft.js";

forget();
document.querySelector("#next")?.focus();
