package print;

public record Job(int id, int pages) {}
