// Elements that are filled again and again: what has not changed is not touched, so that a selection, the focus and a reader's place stay.

export const setText = (element, text) => {
  if (element.textContent !== text) {
    element.textContent = text;
  }
};

export const setClass = (element, name) => {
  if (element.className !== name) {
    element.className = name;
  }
};

export const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) {
    element.className = className;
  }

  if (text !== undefined) {
    element.textContent = text;
  }

  return element;
};

// As many children as there are items, each made once.
export const fit = (parent, items, create, update) => {
  while (parent.children.length > items.length) {
    parent.lastElementChild.remove();
  }

  items.forEach((item, index) => {
    const child = parent.children[index] ?? parent.appendChild(create(item));
    update(child, item);
  });
};

// A cell is a text, or { badge, text } for a word with a colour, { small, text } for a heading with an explanation, or { code, text }.
const fillCell = (cell, value) => {
  const shown = typeof value === "string" ? { text: value } : value;
  if (shown.badge) {
    const badge = cell.firstElementChild ?? cell.appendChild(make("span"));
    setClass(badge, "badge " + shown.badge);
    setText(badge, shown.text);
    return;
  }

  if (shown.small) {
    if (!cell.firstElementChild) {
      cell.append(document.createTextNode(""), make("small"));
    }

    if (cell.firstChild.data !== shown.text + " ") {
      cell.firstChild.data = shown.text + " ";
    }

    setText(cell.firstElementChild, shown.small);
    return;
  }

  if (shown.code) {
    const code = cell.firstElementChild ?? cell.appendChild(make("code"));
    if (code.textContent !== shown.text) {
      // Where a line may end before any other place.
      code.replaceChildren(...shown.text.split(/(?<=[{,}])/).flatMap(part => [part, make("wbr")]));
    }

    return;
  }

  setText(cell, shown.text);
};

// Rows of a table whose first cell is the heading; numbers: from which column on figures stand, to the right.
export const fillRows = (body, rows, numbers) => fit(
  body, rows,
  row => {
    const line = make("tr");
    row.forEach((_, column) => {
      const cell = line.appendChild(make(column === 0 ? "th" : "td", column >= numbers ? "n" : ""));
      if (column === 0) {
        cell.scope = "row";
      }
    });
    return line;
  },
  (line, row) => row.forEach((value, column) => fillCell(line.children[column], value)));
