package export;

import java.util.List;

public final class People {
    public record Person(String name, String town) {}

    private People() {}

    public static String csv(List<Person> people) {
        CsvWriter writer = new CsvWriter();
        writer.row(List.of("name", "town"));
        for (Person person : people) {
            writer.row(java.util.Arrays.asList(person.name(), person.town()));
        }
        return writer.text();
    }
}
