def render(report):
    parts = [f"# {report.title}"]
    for section in report.sections:
        parts.append(f"## {section.title}")
        if section.text:
            parts.append(section.text)
    return "\n\n".join(parts) + "\n"
