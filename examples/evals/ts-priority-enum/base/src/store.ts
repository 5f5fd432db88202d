import type { Priority } from "./priority.js";

export interface Ticket {
  title: string;
  priority: Priority;
}

/** One line for each ticket: the number of its priority and its title. */
export function save(tickets: readonly Ticket[]): string {
  return tickets.map((each) => `${each.priority} ${each.title}`).join("\n");
}

export function load(text: string): Ticket[] {
  return text.split("\n").map((line) => {
    const at = line.indexOf(" ");
    return { priority: Number(line.slice(0, at)), title: line.slice(at + 1) };
  });
}
