// Says early that a script will run, so that what is only for pages without one never shows.
if ("noModule" in HTMLScriptElement.prototype) document.documentElement.classList.add("scripted");
