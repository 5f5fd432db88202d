class Section:
    def __init__(self, title, text=""):
        self.title = title
        self.text = text


class Report:
    def __init__(self, title):
        self.title = title
        self.sections = []

    def section(self, title, text=""):
        section = Section(title, text)
        self.sections.append(section)
        return section
