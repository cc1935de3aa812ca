// SPDX-License-Identifier: GPL-2.0
/* tuplestat: who talks to whom over TCP and UDP. Loading and unloading. */
#include <linux/module.h>

#include "net.h"
#include "netlink.h"
#include "param.h"
#include "table.h"

static int start_initial_net(void)
{
	struct tstat_net *tn = tstat_net(&init_net);
	int err;

	mutex_lock(&tn->lock);
	err = tstat_net_start(tn, NULL);
	mutex_unlock(&tn->lock);
	return err;
}

static int __init tuplestat_init(void)
{
	int err;

	err = tstat_param_init();
	if (err)
		return err;
	err = tstat_table_cache_create(tstat_params.all_max_flows);
	if (err)
		return err;
	err = tstat_net_register();
	if (err)
		goto err_cache;
	err = start_initial_net();
	if (err)
		goto err_net;
	err = tstat_netlink_register();
	if (err)
		goto err_net;
	return 0;

err_net:
	tstat_net_unregister();
err_cache:
	tstat_table_cache_destroy();
	return err;
}

static void __exit tuplestat_exit(void)
{
	tstat_netlink_unregister();
	tstat_net_unregister();
	tstat_table_cache_destroy();
}

module_init(tuplestat_init);
module_exit(tuplestat_exit);

MODULE_DESCRIPTION("Counts TCP and UDP flows by 5-tuple; it only watches");
MODULE_AUTHOR("The tuplestat developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(TUPLESTAT_VERSION);
