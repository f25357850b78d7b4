mkdir -p d1/s d2; touch d1/x d2/x d1/s/y f
echo */x; echo */; echo */*/; echo ./*; echo d[12]/x; echo */nothing; echo d1/*
echo $PWD/d* | sed "s,$PWD,P,g"
