// The foot of every panel: the line of Python just run, what changed, what was refused.
//
// The elements with role="status" and role="alert" are made once and stay: only their
// text changes, because a screen reader announces changes inside a region it knows.

const SHOWN = 2000;

function make(tag, className, parent) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

async function copy(text, near) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = make("textarea", "devnet-offscreen", near);
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser refused");
}

function render({ model, el }) {
  el.classList.add("devnet-footer");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  const ran = make("div", "devnet-ran", el);
  make("span", "devnet-ran-label", ran).textContent = "ran:";
  const code = make("code", "devnet-code", ran);
  const button = make("button", "devnet-copy jupyter-button", ran);
  button.type = "button";
  button.title = "Copies the line, to be pasted into a cell";
  const status = make("div", "devnet-status", el);
  status.setAttribute("role", "status");
  const alarm = make("div", "devnet-alert", el);
  alarm.setAttribute("role", "alert");

  const drawCode = () => {
    code.textContent = model.get("code");
    button.textContent = "Copy as cell";
    ran.hidden = model.get("code") === "";
  };
  const drawStatus = () => { status.textContent = model.get("status"); };
  const drawAlert = () => { alarm.textContent = model.get("alert"); };

  button.addEventListener("click", async () => {
    try {
      await copy(model.get("code"), ran);
      button.textContent = "Copied";
      window.setTimeout(() => { button.textContent = "Copy as cell"; }, SHOWN);
      status.textContent = "Copied. Paste it into a cell.";
    } catch (error) {
      alarm.textContent = `Could not copy (${error.message}). Select the line by hand.`;
    }
    button.focus();
  });

  model.on("change:code", drawCode);
  model.on("change:status", drawStatus);
  model.on("change:alert", drawAlert);
  drawCode();
  drawStatus();
  drawAlert();
  return () => {
    model.off("change:code", drawCode);
    model.off("change:status", drawStatus);
    model.off("change:alert", drawAlert);
  };
}

export default { render };
