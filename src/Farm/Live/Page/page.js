// Asks for live/state once a second and shows it. What cannot be had is said, and asked for again.

import { setClass, setText } from "./rows.js";
import { show } from "./view.js";

const version = 1;
const [interval, patience] = [1000, 5000];
const connection = document.getElementById("connection");
const pause = document.getElementById("pause");
const theme = document.getElementById("theme");
const dark = document.getElementById("dark");
const darkMedia = dark.media;

let tag = null;
let state = null;
let heardAt = null;
let isPaused = false;
let isAsking = false;
let timer = 0;

const standing = { running: "Live: updated every second.", ended: "The run has ended; this is its final state.", idle: "Connected." };

const timeOf = moment => moment.toLocaleTimeString("en-GB");

const say = (text, isLost) => {
  setText(connection, text);
  setClass(connection, isLost ? "connection lost" : "connection");
};

const sayLost = problem => {
  if (state?.stand === "ended") {
    say("The program has ended too. This is the final state of the run.", false);
  } else if (heardAt) {
    say(`Connection lost since ${timeOf(heardAt)}; trying again.${problem ? " " + problem : ""}`, true);
  } else {
    say(`No connection; trying again.${problem ? " " + problem : ""}`, true);
  }
};

const render = () => {
  if (state && !isPaused) {
    show(state);
  }
};

const ask = async () => {
  const response = await fetch("live/state", { cache: "no-cache", signal: AbortSignal.timeout(patience) });
  if (response.status === 503) {
    sayLost((await response.json()).error);
    return;
  }

  if (!response.ok) {
    sayLost(`The server answered ${response.status}.`);
    return;
  }

  const received = response.headers.get("ETag");
  if (received !== tag || tag === null) {
    const answer = await response.json();
    if (answer.version !== version) {
      say("The program behind this page is another version: load the page again.", true);
      return;
    }

    [state, tag] = [answer, received];
    render();
  }

  heardAt = new Date();
  say(isPaused ? "Updates are paused." : standing[state.stand], false);
};

const next = async () => {
  if (isAsking) {
    return;
  }

  isAsking = true;
  clearTimeout(timer);
  try {
    await ask();
  } catch {
    sayLost("");
  }

  isAsking = false;

  // A page that nobody sees asks for nothing.
  if (!document.hidden) {
    timer = setTimeout(next, interval);
  }
};

const applyTheme = () => {
  const choice = theme.value;
  dark.media = choice === "auto" ? darkMedia : choice === "dark" ? "screen" : "not all";
  document.documentElement.style.colorScheme = choice === "auto" ? "" : choice;
};

const stored = {
  read: () => {
    try {
      return localStorage.getItem("uefarm-colours");
    } catch {
      return null;
    }
  },
  write: value => {
    try {
      localStorage.setItem("uefarm-colours", value);
    } catch {
      // A browser that keeps nothing starts with the system's colours each time.
    }
  },
};

theme.value = ["light", "dark"].includes(stored.read()) ? stored.read() : "auto";
applyTheme();
theme.addEventListener("change", () => {
  stored.write(theme.value);
  applyTheme();
});

pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
  say(isPaused ? "Updates are paused." : standing[state?.stand] ?? "Connecting", false);
  render();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    next();
  }
});

next();
