export interface Post {
  title: string;
  tags: readonly string[];
}

/** The posts with this tag, in their order. */
export function withTag(posts: readonly Post[], tag: string): Post[] {
  return posts.filter((post) => post.tags.includes(tag));
}
