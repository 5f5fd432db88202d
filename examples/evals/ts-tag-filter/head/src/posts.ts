export interface Post {
  title: string;
  tags: readonly string[];
}

const SPECIAL = /[.+^${}()|[\]\\?]/g;

/** A pattern for tags: `*` stands for any part of one. */
function pattern(glob: string): RegExp {
  const source = glob.replace(SPECIAL, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^(?:${source})$`, "gi");
}

/** The posts with a tag that the glob matches, in their order. */
export function withTag(posts: readonly Post[], glob: string): Post[] {
  const wanted = pattern(glob);
  return posts.filter((post) => post.tags.some((tag) => wanted.test(tag)));
}
