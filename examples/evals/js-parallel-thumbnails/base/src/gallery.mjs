import { resize } from "./resize.mjs";

/** Thumbnails of all images, in the order of the images. `load(name)` gives the pixels. */
export async function thumbnails(names, load) {
  const result = [];
  for (const name of names) {
    const pixels = await load(name);
    result.push({ name, pixels: resize(pixels, 2) });
  }
  return result;
}
