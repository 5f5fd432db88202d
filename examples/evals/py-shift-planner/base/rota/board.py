from rota.shift import running


def board(shifts, now=None):
    lines = [f"{shift.person} until {shift.end:%H:%M}" for shift in running(shifts, now)]
    return "\n".join(lines) or "nobody is on shift"
