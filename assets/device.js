/* A link with #token=… signs a screen in without a keyboard. What follows # is never sent to a
   server; it is taken out of the address at once, and posted as the form would post it. */
(() => {
  "use strict";
  const found = /^#token=([\w-]{1,200})$/.exec(location.hash);
  const form = document.querySelector('form[action="/sign-in/device"]');
  if (!found || !form) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = found[1];
  form.requestSubmit();
})();
