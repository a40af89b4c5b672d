// Live pages: a finished sync brings the new page, a running one says how far it is. Without this file all can be read.
(function () {
  "use strict";
  var page = document.body.dataset.version;
  if (page === undefined || !window.EventSource) { return; }
  var live = document.getElementById("live");
  var events = new EventSource("/events");
  events.addEventListener("progress", function (event) {
    live.textContent = event.data ? "Reading: " + event.data : "";
  });
  events.addEventListener("changed", function () {
    fetch(window.location.href, { headers: { "x-part": "main" } }).then(function (answer) {
      return answer.ok ? answer.text() : Promise.reject(new Error("not shown"));
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
      var held = document.getElementById("main");
      var focused = document.activeElement && held.contains(document.activeElement);
      if (fresh && !focused) {
        held.replaceWith(fresh);
        live = document.getElementById("live");
        live.textContent = "Updated.";
      } else {
        live.textContent = "There is something new: load the page again.";
      }
    }).catch(function () { live.textContent = "There is something new: load the page again."; });
  });
}());
