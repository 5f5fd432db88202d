def render(report, contents=False):
    everything = [part for section in report.sections for part in section.walk()]
    parts = [f"# {report.title}"]
    if contents:
        parts.append("\n".join("  " * (part.level - 1) + f"- {part.title}" for part in everything))
    for part in everything:
        parts.append(f"{'#' * (part.level + 1)} {part.title}")
        if part.text:
            parts.append(part.text)
    return "\n\n".join(parts) + "\n"
