from jobs import push


def main():
    push(1)
