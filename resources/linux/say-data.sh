echo 'Holdfast is removed. The data of each user stays (sessions, keys, settings): ~/.config/Holdfast, or the folder'
echo 'in HOLDFAST_DATA_DIR. Delete that folder to delete everything.'
