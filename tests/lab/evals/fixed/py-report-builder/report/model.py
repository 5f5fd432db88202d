DEEPEST = 5  # Markdown has six levels of headings, the first is the report's own


class Section:
    def __init__(self, title, text="", level=1, children=None):
        if not 1 <= level <= DEEPEST:
            raise ValueError(f"a section of level {level}: 1 to {DEEPEST} are possible")
        self.title = title
        self.text = text
        self.level = level
        self.children = [] if children is None else children

    def section(self, title, text=""):
        child = Section(title, text, self.level + 1)
        self.children.append(child)
        return child

    def walk(self):
        """This section and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


class Report:
    def __init__(self, title):
        self.title = title
        self.sections = []

    def section(self, title, text=""):
        section = Section(title, text)
        self.sections.append(section)
        return section
