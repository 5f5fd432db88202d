import { mapLimited } from "./pool.mjs";
import { resize } from "./resize.mjs";

const AT_ONCE = 4;

/** Thumbnails of all images, in the order of the images. `load(name)` gives the pixels. */
export async function thumbnails(names, load) {
  return mapLimited(names, AT_ONCE, async (name) => ({ name, pixels: resize(await load(name), 2) }));
}
