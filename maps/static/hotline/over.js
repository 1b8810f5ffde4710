// A call that is over: its draft is forgotten.

import { forget } from "./draft.js";

forget();
