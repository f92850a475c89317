// Hides what does not hold every word of the search. Without it, all is shown.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  var query = document.getElementById("query");
  var proof = document.getElementById("proof");
  var found = document.getElementById("found");
  var entries = Array.prototype.map.call(document.querySelectorAll("article"), function (element) {
    return { element: element, text: element.textContent.toLowerCase(), proof: element.dataset.proof };
  });
  function show() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var clauses = 0, cases = 0;
    entries.forEach(function (entry) {
      var fits = words.every(function (word) { return entry.text.indexOf(word) >= 0; }) &&
        (!proof.value || entry.proof === proof.value);
      entry.element.hidden = !fits;
      if (fits && entry.proof) { clauses += 1; } else if (fits) { cases += 1; }
    });
    found.textContent = clauses + " clauses, " + cases + " cases";
  }
  // A link to what the search hides shows it again.
  window.addEventListener("hashchange", function () {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.hidden) {
      query.value = "";
      proof.value = "";
      show();
      target.scrollIntoView();
    }
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  query.addEventListener("input", show);
  proof.addEventListener("change", show);
  form.hidden = false;
  show();
})();
