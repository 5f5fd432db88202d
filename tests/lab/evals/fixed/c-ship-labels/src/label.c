#include "label.h"

#include <ctype.h>
#include <string.h>

enum { CODE = 5 };

static void copy(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length > size - 1)
        length = size - 1;
    memcpy(field, text, length);
    field[length] = '\0';
}

bool label_fill(struct label *label, const struct address *to)
{
    for (int i = 0; i < CODE; i++)
        if (!isdigit((unsigned char)to->town[i]))
            return false; /* a text that is too short ends here, too */
    const char *town = to->town + CODE;
    while (*town == ' ')
        town++;
    copy(label->name, sizeof label->name, to->name);
    copy(label->street, sizeof label->street, to->street);
    memcpy(label->code, to->town, CODE);
    label->code[CODE] = '\0';
    copy(label->town, sizeof label->town, town);
    return true;
}

void label_print(const struct label *label, FILE *out)
{
    fputs("+----------------------------+\n", out);
    fprintf(out, "| %-26s |\n", label->name);
    fprintf(out, "| %-26s |\n", label->street);
    fprintf(out, "| %s %-20s |\n", label->code, label->town);
    fputs("+----------------------------+\n", out);
}
