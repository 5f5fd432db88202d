export function press(editor, key, cursor) {
  if (key === "Backspace") {
    if (cursor > 0) editor.remove(cursor - 1, 1);
    return Math.max(0, cursor - 1);
  }
  if (key.length === 1) {
    editor.insert(cursor, key);
    return cursor + 1;
  }
  return cursor;
}
