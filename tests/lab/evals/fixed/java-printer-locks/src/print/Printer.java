package print;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

public final class Printer {
    private static final java.util.concurrent.atomic.AtomicLong COUNT = new java.util.concurrent.atomic.AtomicLong();
    private static final java.util.Comparator<Printer> ORDER = java.util.Comparator.comparingLong(p -> p.number);

    private final long number = COUNT.incrementAndGet();
    private final String name;
    private final int longestJob;
    private final Deque<Job> jobs = new ArrayDeque<>();

    /** A printer that takes jobs of `longestJob` pages at most. */
    public Printer(String name, int longestJob) {
        this.name = name;
        this.longestJob = longestJob;
    }

    public String name() {
        return name;
    }

    /** False when the job is too long for this printer. */
    public synchronized boolean add(Job job) {
        if (job.pages() > longestJob) {
            return false;
        }
        jobs.addLast(job);
        return true;
    }

    /** Pages of all jobs that wait. */
    public synchronized int pages() {
        return jobs.stream().mapToInt(Job::pages).sum();
    }

    /**
     * Moves the jobs that `other` can take to its end, for a printer that is out of paper. Nobody sees a job on both
     * printers, or on neither.
     *
     * @return how many jobs were moved
     */
    public int moveTo(Printer other) {
        if (other == this) {
            return 0;
        }
        boolean before = ORDER.compare(this, other) < 0;
        synchronized (before ? this : other) {
            synchronized (before ? other : this) {
                int moved = 0;
                for (Iterator<Job> each = jobs.iterator(); each.hasNext(); ) {
                    if (other.add(each.next())) {
                        each.remove();
                        moved++;
                    }
                }
                return moved;
            }
        }
    }

    public synchronized Optional<Job> next() {
        return Optional.ofNullable(jobs.pollFirst());
    }

    public synchronized List<Job> waiting() {
        return List.copyOf(jobs);
    }
}
