#include <stdio.h>

int main(void)
{
    fprintf(stderr, "pstm: no command is built in yet\n");
    return 1;
}
