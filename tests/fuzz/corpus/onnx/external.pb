Bej
location0j
offset0j
length8p