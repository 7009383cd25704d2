// A clock in a worker: it beats in time also when the console's window is behind others, where the
// page's own timers are slowed down so far that a claim would run out.
setInterval(() => postMessage(null), 1000);
