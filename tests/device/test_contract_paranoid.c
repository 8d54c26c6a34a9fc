#include "device/device_list.h"
#include "device_contract.h"

int main(void)
{
    return device_contract_main(&pstm_device_paranoid);
}
