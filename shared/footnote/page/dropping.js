// What a person dropped: files, and the files in folders by their path from it, as `footnote add` has it.

/** Asks for everything before its first pause: what was dropped is readable only until then. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ name: file.name, file }));
  const found = await Promise.all(entries.map((entry) => (entry.isFile ? [entry] : filesIn(entry))));
  return Promise.all(
    found.flat().map(async (entry) => ({ name: entry.fullPath.slice(1), file: await fileOf(entry) })),
  );
}

// Hidden files stay out: nobody means to upload them.
async function filesIn(folder) {
  const reader = folder.createReader();
  const found = [];
  for (let batch = await read(reader); batch.length; batch = await read(reader)) {
    for (const entry of batch.filter(({ name }) => !name.startsWith("."))) {
      found.push(...(entry.isFile ? [entry] : await filesIn(entry)));
    }
  }
  return found;
}

const read = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
