#include "device_contract.h"
#include "migrate/device_list.h"

int main(void)
{
    return device_contract_main(&pstm_device_stopwatch);
}
