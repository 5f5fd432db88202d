package print;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

public final class Printer {
    private final String name;
    private final Deque<Job> jobs = new ArrayDeque<>();

    public Printer(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public synchronized void add(Job job) {
        jobs.addLast(job);
    }

    public synchronized Optional<Job> next() {
        return Optional.ofNullable(jobs.pollFirst());
    }

    public synchronized List<Job> waiting() {
        return List.copyOf(jobs);
    }
}
