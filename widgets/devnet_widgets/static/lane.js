// The last blocks as a lane: one square per block, oldest left, the present tip marked.
//
// Every square is drawn from one node of the `nodes` trait and keeps its element while it
// is on the page, so that focus survives an update. Arrow keys, Home and End walk;
// Enter, Space or a click select. `lane` and `parent` of a node place it in the tree.

const NS = "http://www.w3.org/2000/svg";
const STEP = 46;
const SIDE = 36;
const TOP = 30;
const ROW = 104;

function svg(tag, attributes, parent) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
}

function text(content, attributes, parent) {
  const element = svg("text", attributes, parent);
  element.textContent = content;
  return element;
}

function drawMarks(node, group) {
  const dots = Math.min(node.txs, 4);
  for (let i = 0; i < dots; i += 1) {
    svg("circle", { class: "devnet-lane-tx", cx: 4 + 8 * i, cy: -10, r: 3 }, group);
  }
  if (node.txs > dots) {
    text(`${node.txs}`, { class: "devnet-lane-many", x: 4 + 8 * dots, y: -5 }, group);
  }
  if (node.evidence) {
    svg("path", { class: "devnet-lane-evidence", d: "M28 -28 l8 14 h-16 z" }, group);
    text("!", { class: "devnet-lane-evidence-sign", x: 28, y: -16 }, group);
  }
}

function drawSignatures(node, group) {
  const shown = node.signers <= 8 ? node.signers : 1;
  const width = SIDE / Math.max(shown, 1);
  for (let i = 0; i < shown; i += 1) {
    svg("rect", {
      class: "devnet-lane-slot", x: i * width + 0.75, y: SIDE + 4, width: width - 1.5, height: 5,
    }, group);
    const part = node.signers <= 8 ? (i < node.signed ? 1 : 0) : node.signed / node.signers;
    if (part > 0) {
      svg("rect", {
        class: "devnet-lane-signed", x: i * width + 0.75, y: SIDE + 4,
        width: (width - 1.5) * part, height: 5,
      }, group);
    }
  }
}

function drawBlock(node, group) {
  group.replaceChildren();
  const title = svg("title", {}, group);
  title.textContent = node.label;
  if (node.tip) {
    svg("rect", {
      class: "devnet-lane-tip", x: -4, y: -4, width: SIDE + 8, height: SIDE + 8, rx: 7,
    }, group);
  }
  svg("rect", {
    class: "devnet-lane-block", width: SIDE, height: SIDE, rx: 4,
    style: `fill: ${node.colour}`,
  }, group);
  text(node.mark, {
    class: "devnet-lane-name", x: SIDE / 2, y: SIDE / 2 + 5, style: `fill: ${node.ink}`,
  }, group);
  drawMarks(node, group);
  drawSignatures(node, group);
  const height = String(node.height);
  text(height.length > 5 ? `…${height.slice(-4)}` : height, {
    class: node.tip ? "devnet-lane-height devnet-lane-present" : "devnet-lane-height",
    x: SIDE / 2, y: SIDE + 25,
  }, group);
  if (node.fresh) {
    svg("rect", { class: "devnet-lane-fresh", x: 2, y: SIDE + 30, width: SIDE - 4, height: 3 }, group);
  }
}

function render({ model, el }) {
  el.classList.add("devnet-lane");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  const page = svg("svg", { role: "listbox", "aria-orientation": "horizontal" }, null);
  el.append(page);
  const edges = svg("g", { class: "devnet-lane-edges" }, page);
  const groups = new Map();
  let walker = null;

  const visible = () => {
    const nodes = model.get("nodes");
    const room = Math.max(4, Math.floor(((el.clientWidth || 920) - 10) / STEP));
    return nodes.slice(-room);
  };

  function focusOn(id) {
    walker = id;
    for (const [key, group] of groups) group.setAttribute("tabindex", key === id ? "0" : "-1");
    groups.get(id).focus();
  }

  function select(id) {
    model.set("selected", id);
    model.save_changes();
  }

  function onKey(event, id) {
    const ids = visible().map((node) => node.id);
    const at = ids.indexOf(id);
    const moves = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowDown: at + 1,
      Home: 0, End: ids.length - 1,
    };
    if (event.key === "Enter" || event.key === " ") {
      select(id);
    } else if (event.key in moves) {
      focusOn(ids[Math.min(Math.max(moves[event.key], 0), ids.length - 1)]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function groupOf(node) {
    if (!groups.has(node.id)) {
      const group = svg("g", { role: "option" }, page);
      group.addEventListener("click", () => { select(node.id); focusOn(node.id); });
      group.addEventListener("keydown", (event) => onKey(event, node.id));
      groups.set(node.id, group);
    }
    return groups.get(node.id);
  }

  function draw() {
    const nodes = visible();
    const held = [...groups].find(([, group]) => group === document.activeElement);
    const known = new Set(nodes.map((node) => node.id));
    for (const [id, group] of groups) {
      if (!known.has(id)) {
        group.remove();
        groups.delete(id);
      }
    }
    edges.replaceChildren();
    page.setAttribute("aria-label", model.get("label"));
    if (nodes.length === 0) return;

    const lanes = Math.max(...nodes.map((node) => node.lane)) + 1;
    page.setAttribute("width", nodes.length * STEP + 10);
    page.setAttribute("height", lanes * ROW);
    const places = new Map();
    nodes.forEach((node, index) => {
      const x = 5 + index * STEP + (STEP - SIDE) / 2;
      const y = TOP + node.lane * ROW;
      places.set(node.id, { x, y });
      const from = places.get(node.parent);
      const start = from ? from.x + SIDE : Math.max(0, x - (STEP - SIDE));
      svg("path", {
        class: "devnet-lane-edge",
        d: `M${start} ${(from ? from.y : y) + SIDE / 2} L${x} ${y + SIDE / 2}`,
      }, edges);
      const group = groupOf(node);
      page.append(group);
      group.setAttribute("transform", `translate(${x} ${y})`);
      group.setAttribute("aria-label", node.label);
      const chosen = node.id === model.get("selected");
      group.setAttribute("aria-selected", chosen ? "true" : "false");
      group.setAttribute("class", chosen ? "devnet-lane-node devnet-chosen" : "devnet-lane-node");
      drawBlock(node, group);
    });
    if (!known.has(walker)) walker = nodes[nodes.length - 1].id;
    for (const [id, group] of groups) group.setAttribute("tabindex", id === walker ? "0" : "-1");
    if (held) focusOn(known.has(held[0]) ? held[0] : walker);
  }

  const watcher = new ResizeObserver(draw);
  watcher.observe(el);
  model.on("change:nodes", draw);
  model.on("change:selected", draw);
  model.on("change:label", draw);
  draw();
  return () => {
    watcher.disconnect();
    model.off("change:nodes", draw);
    model.off("change:selected", draw);
    model.off("change:label", draw);
  };
}

export default { render };
